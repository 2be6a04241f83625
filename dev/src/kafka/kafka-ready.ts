import { Connection, metadataV12 } from '@platformatic/kafka';

/** True when a broker on this port answers a metadata request and has taken its place in the cluster. */
export const isAnswering = async (port: number): Promise<boolean> => {
  const connection = new Connection('penstock-ready', { connectTimeout: 2000, requestTimeout: 2000 });
  // A refused connection is told twice, by event and by rejection.
  connection.on('error', () => {});
  try {
    await connection.connect('127.0.0.1', port);
    const metadata = await metadataV12.api.async(connection, [], false, false);
    // The only broker there is; its port need not be this one, since it may be told to be reached through another.
    return metadata.controllerId !== -1 && metadata.brokers.length > 0;
  } catch {
    return false; // not yet: the caller asks again until its deadline
  } finally {
    await connection.close().catch(() => {});
  }
};
