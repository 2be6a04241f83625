import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { YarnSettings } from '@penstock/modes';
import { type SettingValues, settingsInvalid, textOf } from './settings-kafka.ts';
import { SETTINGS, type SettingName } from './settings-table.ts';

const NEEDED = ['hadoopConfDir', 'sparkJars', 'sparkDriverJar'] as const;
/** An installed package brings the jar along; a source tree has it built (`npm run cluster-jars`). */
const PACKAGED_JAR = fileURLToPath(new URL('../../../../cluster/penstock-spark-driver.jar', import.meta.url));
/** Settings by which somebody says that he wants a cluster. HADOOP_CONF_DIR is set in many shells for other reasons. */
const OURS: readonly SettingName[] = [
  'sparkJars',
  'sparkDriverJar',
  'yarnQueue',
  'stagingDir',
  'kerberosPrincipal',
  'kerberosKeytab',
  'resourceManagerUrl',
];

/** Undefined where no cluster is asked for. Errors: `SETTINGS_INVALID`, naming what is missing or does not exist. */
export const clusterSettings = (values: SettingValues, cwd: string): YarnSettings | undefined => {
  if (!OURS.some((name) => values.has(name))) return undefined;
  const isGiven = (name: SettingName): boolean =>
    values.has(name) || (name === 'sparkDriverJar' && existsSync(PACKAGED_JAR));
  const missing = NEEDED.filter((name) => !isGiven(name)).map((name) => SETTINGS[name].env);
  if (missing.length > 0) throw settingsInvalid(`Cluster Mode needs ${missing.join(' and ')} as well.`);
  const path = (name: SettingName): string => resolve(cwd, textOf(values, name) ?? '');
  const [hadoopConfDir, sparkJars] = [path('hadoopConfDir'), path('sparkJars')];
  const driverJar = values.has('sparkDriverJar') ? path('sparkDriverJar') : PACKAGED_JAR;
  mustHold(existsSync(join(hadoopConfDir, 'yarn-site.xml')), 'hadoopConfDir', hadoopConfDir, 'yarn-site.xml');
  mustHold(hasSparkYarn(sparkJars), 'sparkJars', sparkJars, 'spark-yarn jar');
  mustExist('sparkDriverJar', driverJar);
  const kerberos = kerberosSettings(values, path);
  const queue = textOf(values, 'yarnQueue');
  const stagingDir = textOf(values, 'stagingDir');
  const urls = textOf(values, 'resourceManagerUrl');
  return {
    hadoopConfDir,
    sparkJars,
    driverJar,
    sparkOnNodes: values.get('sparkOnNodes') === true,
    ...(queue === undefined ? {} : { queue }),
    ...(stagingDir === undefined ? {} : { stagingDir: stagingDir.replace(/\/+$/, '') }),
    ...(kerberos === undefined ? {} : { kerberos }),
    ...(urls === undefined ? {} : { resourceManagerUrls: urls.split(',').map((url) => new URL(url).origin) }),
  };
};

const kerberosSettings = (
  values: SettingValues,
  path: (name: SettingName) => string,
): YarnSettings['kerberos'] | undefined => {
  const principal = textOf(values, 'kerberosPrincipal');
  if (principal === undefined && !values.has('kerberosKeytab')) return undefined;
  if (principal === undefined || !values.has('kerberosKeytab'))
    throw settingsInvalid('PENSTOCK_KERBEROS_PRINCIPAL and PENSTOCK_KERBEROS_KEYTAB must be given together.');
  const keytab = path('kerberosKeytab');
  mustExist('kerberosKeytab', keytab);
  return { principal, keytab };
};

const hasSparkYarn = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((name) => /^spark-yarn_.*\.jar$/.test(name));

const mustHold = (isHeld: boolean, name: SettingName, folder: string, what: string): void => {
  if (!isHeld) throw settingsInvalid(`${SETTINGS[name].env} names the folder "${folder}", which holds no ${what}.`);
};

const mustExist = (name: SettingName, file: string): void => {
  if (!existsSync(file)) throw settingsInvalid(`${SETTINGS[name].env} names the file "${file}", which does not exist.`);
};
