/** A YARN cluster and what is needed to run Spark on it. All paths are absolute. */
export interface YarnSettings {
  readonly hadoopConfDir: string;
  /** Folder with Spark's jars. */
  readonly sparkJars: string;
  readonly driverJar: string;
  /** The folder with Spark's jars has the same path on every node. */
  readonly sparkOnNodes: boolean;
  readonly queue?: string;
  /** URI of a folder; absent: chosen by the cluster's default file system. */
  readonly stagingDir?: string;
  readonly kerberos?: { readonly principal: string; readonly keytab: string };
  /** Origins; absent: what yarn-site.xml says. */
  readonly resourceManagerUrls?: readonly string[];
}
