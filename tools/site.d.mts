export const siteBuild: readonly string[];
export const staleSite: (root: string) => string | undefined;
export const siteIsBuilt: (root: string, stamp: string) => void;
