"""Domain words, codes, storage, import and export; knows no other package of rapport."""
