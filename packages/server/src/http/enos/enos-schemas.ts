import { type TSchema, Type } from 'typebox';

/**
 * Schemas of the EnOS routes, for the OpenAPI document. They describe the one form that is sent, and the usual form of
 * what is accepted; requests are read more liberally than they say (contract I), so Fastify does not check by them.
 */
const Integer = (description: string) => Type.Integer({ description });
const Text = (description: string) => Type.String({ description });

const IssueSchema = Type.Object({
  code: Type.String(),
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
  path: Text('JSON Pointer into the document or the request'),
  message: Type.String(),
  stage: Type.Optional(Text('Instance name of the stage concerned')),
});

const envelope = (data: TSchema) =>
  Type.Object({
    code: Integer('0: success; otherwise a code of the service'),
    msg: Text('OK, or the text that belongs to the code'),
    requestId: Type.String(),
    submsg: Type.Optional(Text('What exactly is wrong, and what to do')),
    data: Type.Optional(Type.Union([data, Type.Object({ issues: Type.Array(IssueSchema) })])),
  });

const GatewayEnvelope = Type.Object({ status: Type.Integer(), msg: Type.String(), business: Type.String() });

const responses = (data: TSchema) => ({
  200: { description: 'Success, or a failure with its code', ...envelope(data) },
  401: { description: 'Not authenticated', ...GatewayEnvelope },
  403: { description: 'The caller may not act for this organisation', ...envelope(data) },
});

const OrgQuery = { orgId: Text('Organization id') };
const Params = Type.Object({ pipelineId: Text('Pipeline id (UUID); "null" with action=save creates a pipeline') });
const security = [{ signedCall: [] }, { bearer: [] }];
const tags = ['EnOS Stream Processing API v2.0'];
const common = { tags, security };

const StageStateItem = Type.Object(
  { assetId: Type.String(), pointId: Type.Optional(Type.String()), time: Type.Optional(Type.Integer()) },
  { additionalProperties: true },
);

const Entry = Type.Object({
  orgId: Type.String(),
  status: Text('PUBLISHED, RUNNING, PAUSED, STOPPED; also EDITED, STARTING, PAUSING, STOPPING, START_ERROR, RUN_ERROR'),
  version: Text('Version of the template or operator library'),
  pipelineId: Type.String(),
  pipelineName: Type.String(),
  updateTime: Text('ISO 8601, UTC'),
  alarmConfig: Text('JSON as a text'),
  templateType: Integer('1 Origin Template; 0, 2, 3, 4, 5 templates'),
  executionMode: Integer('0 Standalone Mode, 1 Cluster Mode'),
  templateName: Type.String(),
  messageChannel: Integer('0 real-time channel, 1 offline channel'),
  desc: Type.String(),
  kafkaRate: Integer('Records per second'),
  resourceConfig: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()]),
});

const flagParameter = (description: string) => Type.Optional(Type.Boolean({ description, default: false }));

export const enosSchemas = {
  list: {
    ...common,
    summary: 'List Pipelines',
    querystring: Type.Object({
      ...OrgQuery,
      pageSize: Type.Optional(Type.Integer({ default: 10, minimum: 1, maximum: 1000 })),
      pageNo: Type.Optional(Type.Integer({ default: 1, minimum: 1 })),
      isSystem: flagParameter('System pipelines instead of user pipelines'),
      ifReleased: flagParameter('Released pipelines instead of pipelines in design'),
    }),
    response: responses(Type.Object({ count: Integer('Pipelines matched'), pipelines: Type.Array(Entry) })),
  },
  details: {
    ...common,
    summary: 'Get Pipeline Details',
    params: Params,
    querystring: Type.Object({
      ...OrgQuery,
      ifReleased: flagParameter('The released copy instead of the design copy'),
    }),
    response: responses(
      Type.Object({
        pipelineId: Type.String(),
        pipelineName: Type.String(),
        messageChannel: Type.Integer(),
        templateType: Type.Integer(),
        templateName: Type.String(),
        version: Type.String(),
        desc: Type.String(),
        pipelineJson: Type.Object({}, { additionalProperties: true, description: 'The document as it was saved' }),
      }),
    ),
  },
  operate: {
    ...common,
    summary: 'Operate Pipeline: save, release, start, pause, stop',
    params: Params,
    querystring: Type.Object({
      ...OrgQuery,
      action: Type.Union(['save', 'release', 'start', 'pause', 'stop'].map((action) => Type.Literal(action))),
    }),
    body: Type.Object(
      {
        name: Type.Optional(Text('save: name of the pipeline')),
        desc: Type.Optional(Text('save: description')),
        version: Type.Optional(Text('save: version of the template or operator library')),
        templateType: Type.Optional(Integer('save')),
        templateName: Type.Optional(Text('save')),
        messageChannel: Type.Optional(Integer('save: 0 real-time channel, 1 offline channel')),
        pipelineJson: Type.Optional(
          Type.Object(
            {},
            { additionalProperties: true, description: 'save: the document, as an object or as JSON text' },
          ),
        ),
        executionMode: Type.Optional(Integer('start: 0 Standalone Mode, 1 Cluster Mode')),
        kafkaRate: Type.Optional(Integer('start: records per second read, in total')),
        resourceConfig: Type.Optional(
          Type.Object({}, { additionalProperties: true, description: 'start: {"server": CU}, and "yarn", "advanced"' }),
        ),
      },
      { additionalProperties: true, description: 'For save and start; the other actions have no body.' },
    ),
    response: responses(Text('save: the pipeline id; otherwise empty')),
  },
  offsetLag: {
    ...common,
    summary: 'Get Pipeline Offset and Lag',
    params: Params,
    querystring: Type.Object(OrgQuery),
    response: responses(
      Type.Object({
        topicName: Type.String(),
        lagAndOffset: Type.Array(
          Type.Object({ lag: Type.Integer(), offset: Type.Integer(), ts: Integer('Unix time in ms') }),
        ),
        pipelineId: Type.String(),
        topics: Type.Optional(
          Type.Array(Type.Object({ topicName: Type.String(), lag: Type.Integer(), offset: Type.Integer() }), {
            description: 'Where each topic stands; absent where the pipeline reads one.',
          }),
        ),
      }),
    ),
  },
  resetOffset: {
    ...common,
    summary: 'Reset Pipeline Offset: skip the backlog',
    params: Params,
    querystring: Type.Object(OrgQuery),
    response: responses(Text('Empty')),
  },
  stageState: {
    ...common,
    summary: 'Get or Delete Stage State',
    querystring: Type.Object({
      ...OrgQuery,
      action: Type.Union([Type.Literal('get'), Type.Literal('delete')]),
    }),
    body: Type.Object({
      pipelineId: Type.String(),
      stageInstanceName: Text('For example LatePointTagger_01'),
      assetIds: Text('Comma separated'),
      pointIds: Text('Comma separated; assets times points at most 100,000'),
    }),
    response: responses(Type.Union([Type.Object({ items: Type.Array(StageStateItem) }), Type.Boolean()])),
  },
} as const;

const tokenResponses = {
  200: {
    description: 'The token, or a failure with its status',
    ...Type.Object({
      status: Type.Integer(),
      msg: Type.String(),
      business: Type.String(),
      data: Type.Optional(Type.Object({ accessToken: Type.String(), expire: Integer('Seconds left') })),
    }),
  },
  401: { description: 'Refused', ...GatewayEnvelope },
  429: { description: 'Too many requests; see Retry-After', ...GatewayEnvelope },
};

const tokenBody = {
  appKey: Text('Access key'),
  encryption: Text('sha256(appKey + timestamp + appSecret), lower-case hex'),
  timestamp: Integer('Unix time in ms'),
};

export const tokenSchemas = {
  get: { tags, summary: 'Get Access Token', body: Type.Object(tokenBody), response: tokenResponses },
  refresh: {
    tags,
    summary: 'Refresh Access Token',
    body: Type.Object({ ...tokenBody, accessToken: Type.String() }),
    response: tokenResponses,
  },
} as const;
