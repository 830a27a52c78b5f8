/** Result codes of SQLite, https://sqlite.org/rescode.html */
export const sqliteBusy = 5;
export const sqliteFull = 13;

/** The primary result code of an error that node:sqlite threw; undefined for any other error. */
export const primaryCode = (error: unknown): number | undefined => {
  const code = (error as { errcode?: unknown } | undefined)?.errcode;
  return typeof code === 'number' ? code & 0xff : undefined; // the higher bits say more precisely what went wrong
};

export const messageOf = (error: unknown): string => {
  const message = (error as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : String(error);
};
