// Part of npm run check: a folder of more than a dozen source files is rooms that nobody has divided, or says why not in
// the nearest README.md, in a table under the heading below. A reason that is no longer needed has to go as well.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DOZEN = 12;
const HEADING = '## Folders of more than a dozen files';

/** Tests stand beside what they test and are not counted; neither is what is generated or configures a tool. */
const isSource = (file: string): boolean =>
  /\.(ts|tsx|java|mjs)$/.test(file) && !/\.test\.tsx?$|\/src\/test\/|\/generated\/|\.config\.ts$/.test(file);

const readmeOf = (root: string, folder: string): string | undefined => {
  for (let at = folder; ; at = dirname(at)) {
    const readme = at === '.' ? 'README.md' : `${at}/README.md`;
    if (existsSync(join(root, readme))) return readme;
    if (at === '.') return undefined;
  }
};

/** Folders that have a reason in a README, by their path from the root. */
const reasonsIn = (root: string, readme: string): Set<string> => {
  const [, table = ''] = readFileSync(join(root, readme), 'utf8').split(`${HEADING}\n`);
  const [own = ''] = table.split('\n## ');
  return new Set(
    [...own.matchAll(/^\| `([^`]+)` \| \S.*\|$/gm)].map(([, folder]) => join(dirname(readme), folder ?? '')),
  );
};

/** What is wrong, one line each. `files`: paths from the root, with `/`. */
export const folderProblems = (root: string, files: readonly string[]): string[] => {
  const counts = new Map<string, number>();
  for (const file of files.filter(isSource)) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  const crowded = new Map([...counts].filter(([, count]) => count > DOZEN));
  const problems: string[] = [];
  for (const [folder, count] of crowded) {
    const readme = readmeOf(root, folder);
    if (readme === undefined || !reasonsIn(root, readme).has(folder))
      problems.push(
        `${folder} holds ${count} source files: make rooms, or say in ${readme ?? 'a README.md'}, under "${HEADING}", why not.`,
      );
  }
  for (const readme of files.filter((file) => /(^|\/)README\.md$/.test(file) && existsSync(join(root, file))))
    for (const folder of reasonsIn(root, readme))
      if (!crowded.has(folder))
        problems.push(`${readme} gives a reason for ${folder}, which holds ${counts.get(folder) ?? 0} source files.`);
  return problems;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  // What is tracked or will be, and is there.
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const files = [...new Set(listed.split('\0'))].filter((file) => file !== '' && existsSync(join(root, file)));
  const problems = folderProblems(root, files);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exit(problems.length === 0 ? 0 : 1);
}
