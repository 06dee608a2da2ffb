/* csv.h - comma-separated values (RFC 4180), parsed and written. */
#ifndef SE_ENCODING_CSV_H
#define SE_ENCODING_CSV_H

#include <stddef.h>
#include <stdio.h>

/* Takes the record at *text apart, in place: quoted fields lose their quotes
 * and may hold commas, line ends and doubled quotes. Stores up to `max` fields,
 * returns how many there are, 0 for an empty line, -1 if a quote has no end.
 * *text moves to the next record, NULL after the last one. */
int se_csv_split(char **fields, int max, char **text);

/* The same of values with another character between them. */
int se_csv_split_by(char **fields, int max, char **text, char separator);

/* The separator of the first line: a comma, a semicolon or a tab, whichever is
 * the most frequent. Spreadsheets write the latter two where a comma marks
 * decimals. */
char se_csv_separator(const char *text);

/* Length of a first line "sep=;", with which a spreadsheet names the separator;
 * 0: there is none. */
size_t se_csv_preamble(const char *text);

/* Writes a field, quoted if it must be. */
void se_csv_write(FILE *stream, const char *field);

#endif
