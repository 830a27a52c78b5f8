// What is read has to be what was written, to the letter. BSON holds UTF-8, which has no half characters, and the driver
// takes some keys for its own. Whatever it would change is kept as JSON, which escapes half characters.

/** A key that neither BSON, the driver nor JavaScript sees anything special in. */
const plainKey = /^[A-Za-z]\w*$/;

const survives = (value: unknown): boolean => {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed();
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return true;
    case 'object':
      if (value === null) return true;
      if (Array.isArray(value)) return value.every(survives);
      for (const [key, part] of Object.entries(value))
        if (!plainKey.test(key) || !survives(part)) return false;
      return true;
    default:
      return false;
  }
};

/** A JSON object as it is kept: as a document where that comes back exactly, else as JSON. */
export const toExact = (value: object): object | string => (survives(value) ? value : JSON.stringify(value));

export const fromExact = (kept: object | string): unknown =>
  typeof kept === 'string' ? JSON.parse(kept) : kept;

/** Marks an id that is kept as JSON. */
const asJson = '\0';

/** An identifier as it is kept: itself, unless UTF-8 cannot hold it. Different ones stay different. */
export const toKey = (id: string): string =>
  id.isWellFormed() && !id.startsWith(asJson) ? id : asJson + JSON.stringify(id);

export const fromKey = (key: string): string =>
  key.startsWith(asJson) ? (JSON.parse(key.slice(asJson.length)) as string) : key;
