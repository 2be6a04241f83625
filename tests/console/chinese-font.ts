import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FONT = dirname(fileURLToPath(import.meta.resolve('@expo-google-fonts/noto-sans-sc/package.json')));
/** As heavy as the console's texts are: running text, and what is set apart. */
const WEIGHTS = ['400Regular', '600SemiBold'] as const;

/**
 * Where the browser of the tests finds fonts: those of the machine, and one with Chinese letters, which it has none of.
 * The console ships none: whoever reads Chinese has one. It is a font of the machine here too, not one of the page. Fonts
 * of pages come in parts, and words that were laid out while a part was on its way stayed boxes.
 */
export const fontEnvironment = async (): Promise<Readonly<Record<string, string>>> => {
  const folder = await mkdtemp(join(tmpdir(), 'penstock-console-fonts-'));
  const file = join(folder, 'fonts.conf');
  const folders = ['/usr/share/fonts', '/usr/local/share/fonts', ...WEIGHTS.map((weight) => join(FONT, weight))];
  await writeFile(
    file,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
${folders.map((each) => `  <dir>${each}</dir>`).join('\n')}
  <cachedir>${folder}</cachedir>
</fontconfig>
`,
  );
  return { FONTCONFIG_FILE: file };
};
