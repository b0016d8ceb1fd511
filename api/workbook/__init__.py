"""The workbook: what an office keeps in Excel or LibreOffice, in and out. Described in docs/cartella-di-lavoro.md."""
