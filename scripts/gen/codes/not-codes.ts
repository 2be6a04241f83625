/** Words that look like codes and are values of options, states or names of something else. */
export const NOT_CODES: ReadonlySet<string> = new Set([
  // Values of options and states in documents (contracts A, D and E).
  ...['ARRAY_OBJECTS', 'MULTIPLE_OBJECTS', 'ASSET_AND_POINT', 'BYTE_ARRAY', 'EDP_INPUT_FORMAT', 'EDP_OUTPUT_FORMAT'],
  ...['SAME_ASSET', 'CHILD_ON_TREE'],
  ...['FIXED_FREQUENCY', 'FROM_MODEL', 'INPUT_POINT', 'GOOD_AND_NOT_TAGGED', 'GOOD_QUALITY', 'NOT_TAGGED'],
  ...['BY_ASSET_IDS', 'NEW_POINT', 'SIMPLE_DATE_FORMAT', 'TIME_FUNCTIONS', 'SYSTEM_TIME', 'INPUT_STRING'],
  ...['FIXED_INCREMENTAL', 'RANDOM_DOUBLE', 'RANDOM_IN_RANGE', 'TRIGGER_POINT', 'LATEST_VALUE', 'TIME_SERIES'],
  ...['BY_MODEL_IDS', 'BY_ASSET_TAGS', 'BY_ASSET_TREE', 'LAST_VALUE'],
  ...['METER_READING', 'AVERAGE_POWER', 'INSTANT_POWER'],
  ...['TO_ERROR', 'STOP_PIPELINE', 'EXACTLY_ONCE', 'AT_LEAST_ONCE', 'START_ERROR', 'RUN_ERROR'],
  // Topics of contract G.2.
  ...['MEASURE_POINT_ORIGIN', 'ORIGIN_OFFLINE', 'INTERNAL_OFFLINE', 'CAL_OFFLINE'],
  // Names of Kafka, YARN and the web framework.
  ...[
    'CONCURRENT_TRANSACTIONS',
    'INVALID_TRANSACTION_TIMEOUT',
    'UNSTABLE_OFFSET_COMMIT',
    'NEW_SAVING',
    'HTTPS_ONLY',
    'TLS_REQUIRED',
    'FST_ERR_CTP_BODY_TOO_LARGE',
    'ERR_WORKER_OUT_OF_MEMORY',
    'MODULE_NOT_FOUND',
  ],
  // Node's words for what became of a connection.
  ...['EAI_AGAIN', 'ERR_SSL', 'ERR_TLS', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  // Names of types in expressions.
  ...['BYTE_ARRAY', 'ZONED_DATETIME', 'LIST_MAP', 'FILE_REF'],
  // Environment variables that are not settings of the service.
  ...['JAVA_HOME', 'KRB5_CONFIG', 'LC_ALL', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'HADOOP_USER_NAME'],
]);
