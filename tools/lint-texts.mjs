// Lints texts as if they were files of this workspace. stdin: [{ "file", "text" }], the paths relative to the root;
// stdout: for each, the ids of the rules it breaks.
import { json } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const eslint = new ESLint({ cwd: process.cwd() });
const broken = [];
for (const { file, text } of await json(process.stdin)) {
  const [result] = await eslint.lintText(text, { filePath: file });
  broken.push(result.messages.map(({ ruleId, message }) => ruleId ?? message));
}
console.log(JSON.stringify(broken));
