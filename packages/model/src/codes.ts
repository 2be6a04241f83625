import { type CodeCatalogue, code } from './code-catalogue.ts';

const READ_THE_ISSUE = 'Correct what the path of the issue points at.';

/** Codes about documents, start requests and messages between programs. */
export const MODEL_CODES = {
  ADVANCED_INVALID: code('issue', '"advanced" of a start is not a list of key and value.', READ_THE_ISSUE),
  ADVANCED_KEY_DUPLICATE: code('issue', 'A parameter of "advanced" is given more than once.', 'Keep one of them.'),
  ADVANCED_KEY_UNKNOWN: code(
    'issue',
    'A parameter of "advanced" is not on the list of those that may be given.',
    'Remove it; docs/cluster-mode.md lists those allowed.',
  ),
  ADVANCED_VALUE_INVALID: code(
    'issue',
    'A parameter of "advanced" has a value of the wrong type or out of range.',
    READ_THE_ISSUE,
  ),
  DOCUMENT_AT_LEAST_ONCE: code(
    'issue',
    'The document asks for at-least-once delivery, so that a crash may repeat records.',
    'Set deliveryGuarantee to EXACTLY_ONCE, unless the lower latency is wanted.',
  ),
  DOCUMENT_FIELD_MISSING: code('issue', 'A field that every document has is missing.', READ_THE_ISSUE),
  DOCUMENT_FIELD_TYPE: code('issue', 'A field of the document has the wrong type.', READ_THE_ISSUE),
  DOCUMENT_NAME_NOT_VALID: code('issue', 'A name is empty, too long or has control characters.', READ_THE_ISSUE),
  DOCUMENT_NOT_OBJECT: code(
    'issue',
    'The pipeline configuration is not a JSON object.',
    'Send the document itself, or text that holds it.',
  ),
  DOCUMENT_OPTION_DUPLICATE: code(
    'issue',
    'A pipeline option is set twice; the later row has no effect.',
    'Remove one of the rows.',
  ),
  DOCUMENT_OPTION_NOT_VALID: code('issue', 'A pipeline option has a value it cannot have.', READ_THE_ISSUE),
  DOCUMENT_OPTION_UNKNOWN: code(
    'issue',
    'A pipeline option looks like one that exists and is none, so it has no effect.',
    'Correct its name or remove it.',
  ),
  DOCUMENT_TOO_LARGE: code(
    'issue',
    'The document has more stages, lanes or rows than are allowed.',
    'Split the pipeline, or shorten the table the path points at.',
  ),
  MESSAGE_INVALID: code(
    'error',
    'What one program of Penstock told another is not what was agreed.',
    'Use programs of one version; else report it with the message.',
  ),
  START_BODY_INVALID: code(
    'issue',
    'The body of a start is not an object with executionMode, kafkaRate and resourceConfig.',
    READ_THE_ISSUE,
  ),
  START_FIELD_INVALID: code('issue', 'A field of a start has a value it cannot have.', READ_THE_ISSUE),
  START_FIELD_REQUIRED: code('issue', 'A field that a start needs is missing.', READ_THE_ISSUE),
  START_FIELD_UNUSED: code('issue', 'A field of a start belongs to the other mode and is ignored.'),
} as const satisfies CodeCatalogue;
