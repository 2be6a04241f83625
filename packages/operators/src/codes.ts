import { type CodeCatalogue, code } from '@penstock/model';

const SCRIPT = 'Correct the script; preview shows what it does with each record.';

/** Codes that operators give to records and to their options. */
export const OPERATOR_CODES = {
  ASSET_NEIGHBOURS_TOO_LARGE: code(
    'record',
    'What would be added of the assets around one is more than a record can hold.',
    'Add fewer attributes, or look up in smaller trees.',
  ),
  DCM_FIELDS_NOT_VALID: code(
    'record',
    'The record cannot become one of the DCM format: what it would be stored by is not right.',
    'Put modelId, modelIdPath, pointId and hasQuality into it in front of the stage; then replay.',
  ),
  HTTP_PARAMETER_NOT_VALID: code(
    'record',
    'The record has no value for a parameter of the request, or one that cannot stand where it is to go.',
    'Select records that have it in front of the stage.',
  ),
  HTTP_STATUS_REFUSED: code(
    'record',
    'The service that the stage asks answered with a status that is no success.',
    'See the status in the message; then replay.',
  ),
  HTTP_TOKEN_REFUSED: code(
    'record',
    'The API gateway gave no token for the access key of the stage.',
    'Correct Access Key and Secret Key, and what the key may do.',
  ),
  LIBRARY_CASE_FAILED: code(
    'issue',
    'An operator of the library does not do what a case of its package says.',
    'Correct the code, or the case.',
  ),
  LIBRARY_NOT_VALID: code(
    'issue',
    'The package of a library is not as packages are.',
    'Correct what the path points at: docs/own-operators.md says what a package holds.',
  ),
  MEASUREMENT_NOT_DEFINED: code(
    'record',
    'The asset store knows no measurement of the point of the record.',
    'Give the point its measurementId in the model; then replay.',
  ),
  MERGED_RECORDS_TOO_LARGE: code(
    'record',
    'The records that are kept under one tag are more than one record can hold.',
    'Group by something that fewer points share, or merge fewer points.',
  ),
  PAYLOAD_NOT_VALID: code(
    'record',
    'The payload of an upload is not a list of entries with measurement points.',
    'Correct whoever writes the ORIGIN topic, then replay.',
  ),
  RECORD_FORMAT_NOT_VALID: code(
    'record',
    'The record is not in the input format of the stage.',
    'Correct the input format of the stage, or select records that are in it; then replay.',
  ),
  ROW_NOT_WRITABLE: code(
    'record',
    'A value of the record is none that a database could take.',
    'See the message for the column; correct the sender, or convert the field in front of the stage.',
  ),
  ROW_REFUSED: code(
    'record',
    'The database refuses the row that the record leads to.',
    'See the message for the reason of the database; correct the record or the table, then replay.',
  ),
  SCRIPT_ERROR: code('record', 'The script itself called the record an error.'),
  SCRIPT_FAILED: code('record', 'The script threw while it worked on the record.', SCRIPT),
  SCRIPT_MEMORY_LIMIT: code(
    'record',
    'The script used more memory than it may.',
    'Keep less in its state, or raise its limit.',
  ),
  SCRIPT_OUTPUT_NOT_VALID: code('record', 'What the script put out is no record.', SCRIPT),
  SCRIPT_OUTPUT_TOO_LARGE: code(
    'record',
    'The script put out more in one run than it may.',
    'Write less per record, or keep what is large out of the records.',
  ),
  SCRIPT_STATE_TOO_LARGE: code(
    'record',
    'An entry of the state of the script is larger than it may be.',
    'Keep what belongs to different things under names of their own, such as asset ids, or keep less.',
  ),
  SCRIPT_TIME_LIMIT: code('record', 'The script took longer than it may.', SCRIPT),
  STAGE_TOPIC_NOT_GRANTED: code(
    'issue',
    'The stage reads or writes a topic that was not granted to the organisation.',
    'Have it granted: penstock topics grant.',
  ),
  STAGE_TOPIC_FORBIDDEN: code(
    'issue',
    'The stage names a topic that this organisation may not use.',
    'Use a topic of the organisation, or have it granted.',
  ),
  TEMPLATE_EXPRESSION_NOT_VALID: code(
    'issue',
    'The output logic of a policy of a template cannot be read.',
    'Correct it at the place the message names; docs/merging-expressions.md has the language.',
  ),
  TEMPLATE_FIELD_NOT_VALID: code(
    'issue',
    'A field of the form of a template has a value it cannot have.',
    'Correct what the path points at; GET /api/v1/templates shows the forms.',
  ),
  TEMPLATE_FIELD_UNKNOWN: code(
    'issue',
    'The form of a template has a field that means nothing in it and is spelt nearly like one that does.',
    'Correct its name, or remove it.',
  ),
  TEMPLATE_MODELS_DIFFER: code(
    'issue',
    'Points or attributes of one policy of a template are of different models.',
    'Name points and attributes of one model in each policy.',
  ),
  TEMPLATE_OUTPUT_TWICE: code(
    'issue',
    'Several policies of a template put out the same point.',
    'Give each its own output point, unless the records are meant to be mixed.',
  ),
  TEMPLATE_POINTS_EQUAL: code(
    'issue',
    'A policy of a template names the same point twice.',
    'Input, output and detailed output must be three different points.',
  ),
  TEMPLATE_POINTS_IN_CIRCLE: code(
    'issue',
    'A point that a template puts out is made of itself, by way of its policies.',
    'Put out another point.',
  ),
  TEMPLATE_UNKNOWN: code('issue', 'There is no template of this type.', 'Use a type that GET /api/v1/templates lists.'),
  TEMPLATE_WINDOWS_DIFFER: code(
    'issue',
    'A policy of a template aggregates what another one has aggregated, in windows of another size and with a latency.',
    'Use the same window size, or no latency.',
  ),
  TIME_NOT_VALID: code(
    'record',
    '"time" is not a whole number of milliseconds since 1970.',
    'Correct the sender, or convert the field in front of the stage; then replay.',
  ),
  TIME_TOO_FAR_AHEAD: code(
    'record',
    '"time" lies further ahead of the clock than the pipeline accepts.',
    'Correct the sender and its clock, or raise the pipeline option "maxFutureMs"; then replay.',
  ),
  VALUE_NOT_NUMERIC: code(
    'record',
    'The value of a point is not a number.',
    'Select numeric points, or convert the value in front of the stage.',
  ),
  WINDOW_VALUE_OVERFLOW: code(
    'record',
    'The result of a window is beyond what a number can hold.',
    'Keep values that cannot be right out of the window with a precondition.',
  ),
} as const satisfies CodeCatalogue;
