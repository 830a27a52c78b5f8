/** Result codes of SQLite, https://sqlite.org/rescode.html */
export const sqliteBusy = 5;
export const sqliteFull = 13;

/** The primary result code of an error that node:sqlite threw; undefined for any other error. */
export const primaryCode = (error: unknown): number | undefined => {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff; // the higher bits say more precisely what went wrong
};
