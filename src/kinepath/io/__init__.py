"""Input and output: files, data sets, the sheet of clips, videos."""
