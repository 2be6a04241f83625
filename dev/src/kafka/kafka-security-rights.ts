import { AclOperations, AclPermissionTypes, Connection, createAclsV3, ResourcePatternTypes } from '@platformatic/kafka';

const RESOURCES = { topic: 2, group: 3, cluster: 4, transactionalId: 5 } as const;

/** Rights in Kafka's words: operations on a resource, or on all whose names begin so. */
export interface KafkaRight {
  readonly resource: keyof typeof RESOURCES;
  readonly name: string;
  readonly pattern?: 'LITERAL' | 'PREFIXED';
  readonly operations: readonly (keyof typeof AclOperations)[];
}

/** Grants rights, which stay with the broker's data; granting one twice does nothing. `port`: where it may be done. */
export const grantRights = async (port: number, principal: string, rights: readonly KafkaRight[]): Promise<void> => {
  const connection = new Connection('penstock-rights', { connectTimeout: 5000, requestTimeout: 30_000 });
  // A lost connection is told twice, by event and by rejection.
  connection.on('error', () => {});
  try {
    await connection.connect('127.0.0.1', port);
    const entries = rights.flatMap(({ resource, name, pattern = 'LITERAL', operations }) =>
      operations.map((operation) => ({
        resourceType: RESOURCES[resource],
        resourceName: name,
        resourcePatternType: ResourcePatternTypes[pattern],
        principal,
        host: '*',
        operation: AclOperations[operation],
        permissionType: AclPermissionTypes.ALLOW,
      })),
    );
    await createAclsV3.api.async(connection, entries);
  } finally {
    await connection.close();
  }
};
