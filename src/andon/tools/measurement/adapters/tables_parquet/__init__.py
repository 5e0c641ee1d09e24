"""Tables as Parquet files, for data lakes and notebooks; needs the extra "lake"."""
