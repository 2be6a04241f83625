import { type CodeCatalogue, code } from '@penstock/model';

const CONNECT = 'Connect the stage, or remove it.';

/** Codes about the graph of a document and its stages, and the errors of records that are the same for all stages. */
export const ENGINE_CODES = {
  CONNECTION_NOT_GIVEN: code(
    'reason',
    'A run was not given a connection that a stage names.',
    'Report it: this is a defect.',
  ),
  DOCUMENT_STAGES_MISSING: code(
    'issue',
    'The pipeline has no stages.',
    'Add a data source, processors and a destination.',
  ),
  DOCUMENT_STAGE_DUPLICATE: code('issue', 'Two stages have the same instance name.', 'Give one of them another name.'),
  GRAPH_CYCLE: code('issue', 'Stages feed each other in a loop.', 'Remove an edge of the loop: records flow one way.'),
  GRAPH_INPUT_OPEN: code('issue', 'A stage gets no records.', CONNECT),
  GRAPH_LANE_DUPLICATE: code('issue', 'Two stages write the same lane.', 'Rename the output lane of one of them.'),
  GRAPH_LANE_UNKNOWN: code('issue', 'A stage reads a lane that no stage writes.', 'Correct the name of the lane.'),
  GRAPH_OUTPUT_OPEN: code('issue', 'The output of a stage goes nowhere.', CONNECT),
  SOURCE_TOPIC_DUPLICATE: code(
    'issue',
    'Two data sources of a pipeline read the same topic.',
    'Keep one, and connect its output to what both lead to.',
  ),
  GRAPH_SOURCE_INPUT: code('issue', 'A data source has input lanes.', 'Remove its input lanes.'),
  GRAPH_SOURCE_MISSING: code(
    'issue',
    'The pipeline has no data source.',
    'Add one, for example an EDH Kafka Consumer.',
  ),
  GRAPH_TARGET_MISSING: code(
    'issue',
    'The pipeline has no destination.',
    'Add one, for example an EDH Kafka Producer.',
  ),
  GRAPH_TARGET_OUTPUT: code('issue', 'A destination has output lanes.', 'Remove its output lanes.'),
  GRAPH_TOPIC_LOOP: code(
    'issue',
    'The pipeline writes the topic it reads and neither selects nor renames points, so records would go round for ever.',
    'Select points in front, rename what is put out, or write another topic.',
  ),
  KEY_NOT_VALID: code(
    'record',
    'What the stage brings its records together by is missing, or no single value.',
    'Select records that have it in front of the stage (assetId and pointId, unless the stage says otherwise).',
  ),
  LOOK_UP_FAILED: code(
    'record',
    'What a stage asks a service outside for the record could not be asked, or its answer not be understood.',
    'See the message; then replay.',
  ),
  LOOK_UP_NOT_IN_PREVIEW: code(
    'record',
    'A preview does not make requests that change something outside.',
    'Start the pipeline, or preview the stage with requests that only read.',
  ),
  LOOK_UP_SERVICE_MISSING: code(
    'record',
    'The stage asks a service outside, and where it runs there is none to be asked.',
    'Cases of `penstock test` ask nobody; elsewhere report it: this is a defect.',
  ),
  LOOK_UP_TIMEOUT: code(
    'record',
    'A service outside gave no whole answer in time.',
    'Look after the service, or give the stage more time; then replay.',
  ),
  PRECONDITION_FAILED: code(
    'record',
    'A precondition of the stage did not hold and the stage makes errors of such records.',
    'Change the precondition, or what it asks for.',
  ),
  PLAN_BATCH_SPLIT: code(
    'issue',
    'A stage works on batches in a part of the plan whose records go through one by one.',
    'Put a Partitioner between it and the stages that share a store.',
  ),
  PLAN_CUT_UNKNOWN: code(
    'reason',
    'A part of the plan names a cut that the plan has not.',
    'Report it: this is a defect.',
  ),
  PLAN_STORE_SPLIT: code(
    'issue',
    'Stages share a store, and the plan does not bring their records together in one task by one key.',
    'See the message: mostly, put one Partitioner by their key in front of both.',
  ),
  PREVIEW_RECORDS_TOO_MANY: code(
    'error',
    'The messages of a preview hold too many records.',
    'Take fewer messages, or messages of fewer records.',
  ),
  RECORD_NOT_COPYABLE: code(
    'record',
    'The record cannot be copied for a second branch.',
    'See the message for the field; it is not JSON any more.',
  ),
  RECORD_NOT_JSON: code(
    'record',
    'The message, or a record of it, is not JSON.',
    'Repair it (dead letters keep the original bytes) and replay it.',
  ),
  RECORD_NOT_OBJECT: code(
    'record',
    'The message, or what stands in the place of a record of it, is JSON and not an object.',
    'Repair it and replay it.',
  ),
  RECORD_NOT_UTF8: code('record', 'The message is not UTF-8.', 'Repair it and replay it.'),
  RECORD_NUMBER_NOT_FINITE: code(
    'record',
    'A stage set a number that is infinite or none, which JSON has not.',
    'Keep the stage from dividing by zero or from sums beyond 1.8e308, then replay it.',
  ),
  RECORD_NUMBER_TOO_LARGE: code(
    'record',
    'The message holds a number beyond 1.8e308, which no 64-bit floating point number holds.',
    'Repair it and replay it.',
  ),
  RECORD_NOT_WRITABLE: code(
    'record',
    'The record has a value that JSON cannot represent.',
    'Change the stage in front that made the value.',
  ),
  RECORD_TOO_LARGE: code(
    'record',
    'The message is longer than the source takes.',
    'Raise the longest message of the source and replay it.',
  ),
  RECORD_VALUE_NULL: code('record', 'The message has no value (a tombstone).'),
  REFERENCE_MISSING: code(
    'reason',
    'Reference data that a stage goes by is not there yet.',
    'There is nothing to do: the task is taken up again. If it stays, see why the service cannot be asked.',
  ),
  REFERENCE_NOT_VALID: code(
    'event',
    'Reference data cannot be read; stages go on with what they have.',
    'Update the older of the service and its workers: stop the pipeline and start it again.',
  ),
  REPLAY_NOT_A_RECORD: code('record', 'The replayed message is no record.', 'Replay it from the source.'),
  REPLAY_STAGE_UNKNOWN: code(
    'record',
    'The stage that refused a replayed record is not in the pipeline any more.',
    'Replay it from the source.',
  ),
  SOURCE_PARTITIONING_REFUTED: code(
    'event',
    'Records do not lie in the partitions where the document says they are.',
    'Set how the topic is partitioned to "not known"; the plan is then cut by key.',
  ),
  STAGE_CONNECTION_KIND: code(
    'issue',
    'The connection that a stage names is of another kind than the stage needs.',
    'Name another one.',
  ),
  STAGE_CONNECTION_UNKNOWN: code(
    'issue',
    'The organisation has no connection of the name that a stage gives.',
    'Make it, or name another one.',
  ),
  STAGE_FAILED: code(
    'record',
    'The stage failed on the record.',
    'See the message; replay the dead letter after a change.',
  ),
  STAGE_KEY_NOT_VALID: code(
    'issue',
    'What a stage is to bring its records together by is neither a JSON Pointer nor an expression.',
    'Correct the option the key is taken from.',
  ),
  STAGE_LOOK_UP_UNKNOWN: code(
    'reason',
    'An operator uses a look-up that it does not declare.',
    'Report it: this is a defect.',
  ),
  STAGE_OPEN_FAILED: code(
    'reason',
    'A stage could not be started.',
    'See the message, correct the stage, release and start again.',
  ),
  STAGE_OPERATOR_GUESSED: code(
    'issue',
    'The operator of a stage was guessed, or is of another version than the document says.',
    'Check that it is the one meant; set library, stageName and stageVersion of the operator.',
  ),
  STAGE_OPERATOR_UNKNOWN: code(
    'issue',
    'No operator belongs to the stage.',
    'Correct library and stageName, or remove the stage.',
  ),
  STAGE_OPTION_AMBIGUOUS: code(
    'issue',
    'Two names of one option are given with different values.',
    'Remove one of them.',
  ),
  STAGE_OPTION_IGNORED: code('issue', 'An option has no effect here.'),
  STAGE_OPTION_NOT_VALID: code(
    'issue',
    'An option has a value it cannot have.',
    'Correct the value the path points at.',
  ),
  STAGE_OPTION_REQUIRED: code('issue', 'An option that the operator needs is missing.', 'Give it a value.'),
  STAGE_OPTION_UNKNOWN: code(
    'issue',
    'An option looks like a known one and is none.',
    'Correct its name or remove it.',
  ),
  STAGE_REFERENCE_UNKNOWN: code(
    'reason',
    'An operator uses reference data that it does not declare.',
    'Report it: this is a defect.',
  ),
  STAGE_SETTINGS_NOT_CHECKED: code(
    'issue',
    'The settings of a stage could not be checked further.',
    'Correct the other issues of the stage first.',
  ),
  STAGE_SETTING_NOT_VALID: code(
    'issue',
    'A setting that all stages have (preconditions, required fields, On Record Error) is wrong.',
    'Correct the value the path points at.',
  ),
  STAGE_STOPPED_PIPELINE: code(
    'reason',
    'A record was an error and the stage says that errors stop the pipeline.',
    'Repair the cause, or set On Record Error to "send to error"; then start again.',
  ),
  STATE_ENTRY_TOO_LARGE: code(
    'record',
    'The record would make an entry of state larger than the state topic takes.',
    'Keep less per key, or raise max.message.bytes of the state topic, and replay the dead letter.',
  ),
  STATE_ENTRY_UNREADABLE: code(
    'reason',
    'Kept state cannot be read by its operator.',
    'Stop the pipeline, which clears the state, and start it again.',
  ),
  TARGET_FENCED: code('reason', 'Another worker has taken a task over and writes to its destination.'),
  TARGET_UNREACHABLE: code(
    'reason',
    'A destination cannot be reached, or does not take anything at the moment.',
    'Nothing: the pipeline tries again with growing pauses and goes on where it was. See the message for what is away.',
  ),
  TARGET_UNUSABLE: code(
    'reason',
    'A destination refuses to be written to by the stage.',
    'See the message, correct the destination or the stage, and start the pipeline again.',
  ),
  TARGET_PROMISE_WEAKER: code(
    'issue',
    'The pipeline is to deliver exactly once and a destination cannot: after a crash it may hold records twice.',
    'Accept it, or use a destination that promises more.',
  ),
  MANIFEST_TOO_NEW: code(
    'reason',
    'What the pipeline keeps in Kafka was written by a newer version.',
    'Start it with that version, or stop it, which clears its state.',
  ),
  MANIFEST_UNREADABLE: code(
    'reason',
    'The manifest of what the pipeline keeps in Kafka cannot be read.',
    'Stop the pipeline, which clears its state, to begin anew.',
  ),
} as const satisfies CodeCatalogue;
