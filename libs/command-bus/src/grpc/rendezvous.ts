/** FNV-1a, 32 bits. */
export const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
};

/** The weight of a node for a key, both as hashes: the finalizer of MurmurHash3 on the two together. */
const weight = (key: number, node: number): number => {
  let hash = key ^ Math.imul(node, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/**
 * The node of greatest weight for the key among those that are fit (highest random weight): everybody
 * picks the same, and a node that comes or goes moves only the keys that it gets or had.
 */
export const pick = <N extends { readonly hash: number }>(
  key: number,
  nodes: Iterable<N>,
  isFit: (node: N) => boolean,
): N | undefined => {
  let best: N | undefined;
  let greatest = -1;
  for (const node of nodes) {
    if (!isFit(node)) continue;
    const candidate = weight(key, node.hash);
    if (candidate > greatest) {
      best = node;
      greatest = candidate;
    }
  }
  return best;
};
