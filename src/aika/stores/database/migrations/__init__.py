"""The history of the tables. Each version brings a database one step further, and is never changed once released."""
