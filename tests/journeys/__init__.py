"""The whole product from outside: real git, processes and sockets; nothing of its inside is imported."""
