"""The imperative shell: the desk changes things, the loop makes the world match, flow ties tools together.

Everything that may be wrong, late or lost happens here or behind a port; what should happen is decided in the nouns.
"""
