"""Google Drive: shared drives, folders, and the Docs, Sheets and Slides in them."""
