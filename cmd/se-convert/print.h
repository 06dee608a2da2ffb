/* print.h - the report of se-convert on standard output. */
#ifndef CMD_CONVERT_PRINT_H
#define CMD_CONVERT_PRINT_H

#include "quant/report.h"

void convert_print_text(const struct se_quant_report *report);
void convert_print_json(const struct se_quant_report *report);

#endif
