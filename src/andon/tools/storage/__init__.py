"""What the server keeps on disk and may delete: logs of runs, unpacked images, blobs that nothing refers to.

Each has an age and all together a size. What runs, is live or may be rolled back to is kept whatever its age.
"""
