"""What loaders of partners' returns share: one engine that checks a file by its dataset's definition. No dataset."""
