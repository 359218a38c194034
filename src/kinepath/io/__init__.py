"""Reading and writing: files, data sets, the sheet of clips, videos."""
