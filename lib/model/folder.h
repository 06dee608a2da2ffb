/* folder.h - inside lib/model: numbers of epochs as text. */
#ifndef SE_MODEL_FOLDER_H
#define SE_MODEL_FOLDER_H

/* Reads a whole number 0..999999999, digits alone; returns 0 if it is none. */
int se_model_epoch_number(int *epoch, const char *text);

#endif
