/** Settings of Hadoop, by their dotted names. */
export type HadoopSettings = Readonly<Record<string, string | number | boolean>>;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const escaped = (text: string): string => text.replaceAll(/[&<>]/g, (character) => ESCAPES[character] ?? character);

/** A Hadoop configuration file (`core-site.xml` and its siblings). */
export const hadoopXml = (settings: HadoopSettings): string => {
  const properties = Object.entries(settings).map(
    ([name, value]) => `  <property><name>${escaped(name)}</name><value>${escaped(String(value))}</value></property>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<configuration>\n${properties.join('')}</configuration>\n`;
};

/** Log4j 1 configuration of Hadoop's own programs: one file, rolled at 10 MB; `penstock.log` names it. */
export const HADOOP_LOG4J = `log4j.rootLogger=INFO, file
log4j.appender.file=org.apache.log4j.RollingFileAppender
log4j.appender.file.File=\${penstock.log}
log4j.appender.file.MaxFileSize=10MB
log4j.appender.file.MaxBackupIndex=2
log4j.appender.file.layout=org.apache.log4j.PatternLayout
log4j.appender.file.layout.ConversionPattern=%d{ISO8601} %-5p %c{1} - %m%n
log4j.logger.http.requests=WARN
log4j.logger.org.apache.hadoop.yarn.server.nodemanager.containermanager.monitor=WARN
`;
