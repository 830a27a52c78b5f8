import { runTool } from './tool.ts';

const remedy =
  'Java 17 or later and Maven are needed to fetch it (Debian: apt install openjdk-17-jre-headless maven), and a network that reaches ' +
  'a Maven repository; or give the address of a server that runs already.';

/** As Java and Maven take settings on their command lines. */
export const systemProperties = (properties: Readonly<Record<string, string>>): string[] =>
  Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);

/** Runs a goal of Maven, which refuses what does not match its repository's checksum. @throws EngineUnavailable */
export const maven = async (
  cwd: string,
  goal: string,
  properties: Readonly<Record<string, string>>,
): Promise<void> => {
  await runTool('mvn', ['-B', '-q', '-C', goal, ...systemProperties(properties)], { remedy, cwd });
};

/** @throws EngineUnavailable where there is no Java that is new enough. */
export const requireJava = async (): Promise<void> => {
  const remedy = 'It runs on Java 17 or later (Debian: apt install openjdk-17-jre-headless).';
  await runTool('java', ['-version'], { remedy, timeoutMs: 30_000 });
};
