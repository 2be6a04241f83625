import { GatewayCode } from '@penstock/model';

/** Texts for the codes of contract B.2, which publishes none. */
const MESSAGES: Record<GatewayCode, string> = {
  [GatewayCode.Success]: 'SUCCESS',
  [GatewayCode.Repeated]: 'The request was repeated: this encryption has been used before. Use a new timestamp.',
  [GatewayCode.AppKeyUnknown]: 'The appKey does not exist.',
  [GatewayCode.EncryptionInvalid]: 'The encryption is not valid.',
  [GatewayCode.ParamInvalid]: 'A parameter is invalid.',
  [GatewayCode.Internal]: 'Internal service exception.',
  [GatewayCode.ParamEmpty]: 'A parameter is empty.',
  [GatewayCode.TokenExpired]: 'The access token is unknown or has expired. Get a new one.',
  [GatewayCode.RefreshFailed]: 'The access token could not be refreshed.',
};

/** A call that the gateway or the token service turns away (contract B.2): envelope `status`, `msg`, `business`. */
export class GatewayError extends Error {
  readonly status: GatewayCode;

  constructor(status: GatewayCode, detail?: string) {
    super(detail ?? MESSAGES[status]);
    this.name = 'GatewayError';
    this.status = status;
  }

  /** 401 for who-are-you failures; the rest travels with HTTP 200, as clients of this API expect. */
  get httpStatus(): 200 | 401 {
    const isParameter = this.status === GatewayCode.ParamInvalid || this.status === GatewayCode.ParamEmpty;
    return isParameter || this.status === GatewayCode.Internal ? 200 : 401;
  }

  get body(): { readonly status: number; readonly msg: string; readonly business: string } {
    return { status: this.status, msg: this.message, business: BUSINESS };
  }
}

export const BUSINESS = 'apim-token-service';
