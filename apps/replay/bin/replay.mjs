#!/usr/bin/env node
// `npx replay`: through the bootstrap, so that the pinned Node and a build are there as for `npm start`. Plain JavaScript
// for Node 20, because npx runs it on the machine's own.

// What the user calls a path is one from where they stand; the bootstrap goes to the root of the workspace.
process.env.INIT_CWD = process.cwd();
process.argv.splice(2, 0, 'replay');
await import('../../../tools/bootstrap.mjs');
