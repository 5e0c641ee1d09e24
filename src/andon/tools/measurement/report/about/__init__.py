"""Reports about more than numbers: value stream, flow, overlay and wall, from the answers that pages show too."""
