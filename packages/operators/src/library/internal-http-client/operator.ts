import { defineProcessor, isFieldPath, type ProcessorDefinition, parseFieldPath } from '@penstock/engine';
import type { Issue } from '@penstock/model';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { notSelected } from '../../shared/outcomes.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { forEachRow } from '../../shared/points/process-rows.ts';
import { config, type HttpConfig } from './config.ts';
import { httpLookUpBy } from './http-look-up.ts';

const ATTRIBUTE = 'httpClient';

const pointsOf = (rows: HttpConfig['inputOutput']) =>
  rows.map(({ inputPoint, outputPoint }) => ({
    inputPoint,
    outputPoint: outputPoint === '' ? inputPoint : outputPoint,
  }));

/** The transport's own, and those that sign. */
const OWN_HEADERS = /^(host|content-length|transfer-encoding|connection|upgrade|te|trailer|expect|apim-.*)$/i;

const checkUrl = ({ url: text, parameters }: HttpConfig): Issue[] => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return [optionIssue('/url', 'The URL must be an http or https URL, such as https://example.org/api/assets/{id}.')];
  if (url.username !== '' || url.password !== '')
    return [
      optionIssue('/url', 'The URL must not hold a user or a password: it is shown to whoever reads the document.'),
    ];
  if (url.hash !== '')
    return [
      optionIssue('/url', 'What follows "#" is never sent: take it away, or write %23 where it belongs to the path.'),
    ];
  if (/[{}]|%7b/i.test(url.host + url.search))
    return [optionIssue('/url', 'Only the path can hold {key}: give other parameters the position URL Query.')];
  const keys = parameters.filter(({ position }) => position === 'URL Path').map(({ key }) => `{${key}}`);
  return (text.match(/\{[^}]*\}?/g) ?? [])
    .filter((place) => !keys.includes(place))
    .map((place) => optionIssue('/url', `No parameter with the position URL Path has the key that "${place}" names.`));
};

const checkParameters = ({ parameters, method }: HttpConfig): Issue[] =>
  parameters.flatMap(({ position, key, urlParamType, value }, index) => {
    const at = (column: string): string => `/parameters/${index}/${column}`;
    const issues: Issue[] = [];
    const path = urlParamType === 'ByField' ? parseFieldPath(value) : undefined;
    if (path !== undefined && !isFieldPath(path)) issues.push(optionIssue(at('value'), `"${value}": ${path.problem}`));
    if (position === 'Request Body' && method === 'Get')
      issues.push(optionIssue(at('position'), 'A Get has no body. Give the parameter another position, or take Post.'));
    if (position === 'Header' && (!/^[\w!#$%&'*+.^`|~-]+$/.test(key) || OWN_HEADERS.test(key)))
      issues.push(optionIssue(at('key'), `"${key}" is no name of a header that can be set.`));
    return issues;
  });

/** Its definition for one of the data formats. */
export const internalHttpClientBy = (of: Addressing): Omit<ProcessorDefinition<typeof config>, 'kind'> => {
  const httpLookUp = httpLookUpBy(of);
  return {
    ...operatorNames('processor', 'Internal HTTP Client'),
    library: LIBRARY,
    version: 1,
    libraries: CLASSIC_LIBRARIES,
    category: 'lookup',
    keywords: ['http', 'rest', 'api', 'request', 'lookup', 'enrich', 'url'],
    summary: 'Calls a REST API for each record and adds the answer to it.',
    description: `The record goes on under the output point with \`attr.httpClient\` = \`{ returnBy, response, hasData }\`: \`response\` is the body of the answer as text, \`hasData\` whether there was one (not with 404, or an empty body; \`response\` is then empty), \`returnBy\` \`http\` or, where a kept answer was used, \`redis\`. Redirects are not followed.

Records of a batch that need the same request (method Get, or with Enable Cache Fields) lead to one. A Post or Put is otherwise made for each record; since records are worked off again after a crash, and requests made again by Enable Retry, the service has to bear a request that comes twice. Answers are kept per thread, not longer than the pipeline runs; kept are those with status 200 to 299 and 404.

What fails is an error of the records that need it, and nobody else's: another status (\`HTTP_STATUS_REFUSED\`), no answer in time (\`LOOK_UP_TIMEOUT\`), an address that cannot be reached (\`OUTBOUND_UNREACHABLE\`), an answer of more than 1 MiB (\`OUTBOUND_ANSWER_TOO_LARGE\`). Where Enable Retry is on, no answer, 429 and 500 and above are tried again first, after as long as \`Retry-After\` says, up to a minute. A record without the field that a parameter takes, or with one that does not fit, is an error too (\`HTTP_PARAMETER_NOT_VALID\`). Late and duplicate records make a request like others; a missing value does not matter. A record no row applies to is dropped (\`not-selected\`).

Addresses of the machine the pipeline runs on and of private networks are refused (\`OUTBOUND_ADDRESS_REFUSED\`) unless the administrator allows the network (\`PENSTOCK_OUTBOUND_NETWORKS\`), whatever name leads to them. With Access Key and Secret Key the stage gets a token of the API gateway at the URL's host and signs each request as EnOS wants it. A preview makes requests with Get only.`,
    config,
    errors: [
      {
        code: 'HTTP_PARAMETER_NOT_VALID',
        when: 'The record has no value for a parameter, or one that cannot stand where it is to go.',
      },
      { code: 'HTTP_STATUS_REFUSED', when: 'The service answered with a status other than 200 to 299 and 404.' },
      { code: 'HTTP_TOKEN_REFUSED', when: 'The token service of the API gateway gave no token for the access key.' },
    ],
    drops: [notSelected],
    check: (given) => [
      ...of.check(given.inputOutput, ['inputPoint', 'outputPoint']),
      ...checkUrl(given),
      ...checkParameters(given),
      ...((given.accessKey === '') === (given.secretKey === '')
        ? []
        : [
            optionIssue(
              given.accessKey === '' ? '/accessKey' : '/secretKey',
              'Access Key and Secret Key belong together: give both, or none.',
            ),
          ]),
    ],
    changes: ({ inputOutput }) => [...of.changedFields(pointsOf(inputOutput)), 'attr'],
    deterministic: false,
    lookUps: [httpLookUp],
    lineage: ({ inputOutput }) => ({
      inputs: pointsOf(inputOutput).map((row) => of.referenceOf(row.inputPoint)),
      outputs: pointsOf(inputOutput).map((row) => of.referenceOf(row.outputPoint)),
    }),
    create: ({ inputOutput }, context) => {
      const answers = context.lookUp(httpLookUp);
      const rows = pointsOf(inputOutput).map((row) => {
        const input = of.referenceOf(row.inputPoint);
        return { input, output: of.outputOf(input, of.referenceOf(row.outputPoint)) };
      });
      const table = of.table(rows, ({ input }) => input);
      return {
        process: (record, out) => {
          const [answer] = answers.of(record);
          forEachRow(table.rowsFor(record), record, out, ({ output }, each) => {
            of.rename(each, output);
            each.setAttr(ATTRIBUTE, {
              returnBy: answer?.isKept === true ? 'redis' : 'http',
              response: answer?.value ?? '',
              hasData: answer?.value !== undefined,
            });
            out.emit(each);
          });
        },
      };
    },
  };
};

export const internalHttpClient = defineProcessor(internalHttpClientBy(POINTS));
