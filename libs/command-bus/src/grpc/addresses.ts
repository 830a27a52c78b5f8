import { lookup } from 'node:dns/promises';

/** All addresses behind a name, such as `10.0.0.7:5000`. */
export type Resolve = (address: string) => Promise<readonly string[]>;

const form = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/;

/**
 * Asks the system's resolver for every address of each `host:port` in a list separated by commas; of a headless service those are
 * its instances.
 * @throws RangeError where it is no such list; errors of the resolver where none of the names is known.
 */
export const resolveAll: Resolve = async (address) => {
  const found = await Promise.allSettled(
    address.split(',').map(async (part) => {
      const [, bracketed, plain, port] = form.exec(part.trim()) ?? [];
      const host = bracketed ?? plain;
      if (host === undefined) throw new RangeError(`an address is host:port, not ${part}`);
      const all = await lookup(host, { all: true });
      return all.map((one) => (one.family === 6 ? `[${one.address}]:${port}` : `${one.address}:${port}`));
    }),
  );
  const addresses = found.flatMap((part) => (part.status === 'fulfilled' ? part.value : []));
  const failed = found.find((part) => part.status === 'rejected');
  if (addresses.length === 0 && failed) throw failed.reason;
  return [...new Set(addresses)].sort();
};
