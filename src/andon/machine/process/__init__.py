"""Detached processes: started, found again after a restart, awaited without threads, ended with all they started."""
