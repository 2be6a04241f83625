/**
 * Python that runs the scripts, each with globals of its own. A result is text in lines, as JavaScript's is: first a
 * header in JSON, then an output record a line. Header: `s` source index per output (-1: a record the script made),
 * `n` records nothing was done with, `e` errors as [index, code, message, created record or null], `l` log lines, `t`
 * the state where it changed, `f` the failure where the script threw: code, message, line and column.
 */
export const preludeRun = String.raw`
class _Sdc:
    """The same objects under the name that newer StreamSets scripts use."""

    userParams = {}

    def __init__(self, stage, run, functions):
        self._names = stage.names
        self.output, self.error, self.log = run.offered
        for name in ('getFieldNull', 'createRecord', 'createMap', 'createEvent', 'toEvent', 'isPreview'):
            setattr(self, name, getattr(functions, name))
        for name in _NULLS:
            setattr(self, name, None)

    @property
    def records(self):
        return self._names['records']

    @property
    def state(self):
        return self._names['state']

    @state.setter
    def state(self, state):
        self._names['state'] = state

    def pipelineParameters(self):
        return {}

    def isStopped(self):
        return False


class _Run:
    """What a script does with one batch."""

    def __init__(self):
        self.offered = (_Output(self), _Error(self), _Log(self))
        self.begin(0)

    def begin(self, count):
        self.encode = _encoder()
        self.lines, self.sources, self.errors, self.logs = [], [], [], []
        self.size = 0
        self.ended = bytearray(count + 1)

    def say(self, level, message):
        if len(self.logs) < _MAX_LOG_LINES:
            self.logs.append([level, message[:2000]])

    def json_of(self, value):
        """JSON of a value; raises ValueError that says what is wrong, and where."""
        try:
            text = ''.join(self.encode(value, 0))
        except (ValueError, TypeError, RecursionError) as error:
            self.encode = _encoder()
            raise ValueError(_problem(value, '', 0) or str(error)) from None
        if text.count('{') + text.count('[') > _MAX_DEPTH and _is_deep(value):
            raise ValueError(f'The value is nested more than {_MAX_DEPTH} deep.')
        return text

    def write(self, record):
        value = record.value
        if not isinstance(value, dict):
            return self.error(record, 'SCRIPT_OUTPUT_NOT_VALID', 'The value of a record must be a dict.')
        try:
            line = self.json_of(value)
        except ValueError as error:
            return self.error(record, 'SCRIPT_OUTPUT_NOT_VALID', str(error))
        self.size += len(line)
        if self.size > _MAX_OUTPUT:
            raise _TooMuch(f'The script wrote more than {_MAX_OUTPUT} characters in one run.')
        self.lines.append(line)
        self.sources.append(record._index)
        self.ended[record._index] = 1

    def error(self, record, code, message):
        created = None
        if record._index < 0:
            try:
                created = _json.loads(self.json_of(record.value))
            except ValueError:
                created = None
        self.errors.append([record._index, code, message[:2000], created])
        self.ended[record._index] = 1


class _Stage:
    def __init__(self, source, settings):
        self.source = source
        self.code = compile(source, 'script', 'exec', dont_inherit=True)
        self.uses_state = settings['usesState']
        self.run = _Run()
        self.functions = _Functions(settings['isPreview'])
        self.names = {'__name__': 'script', 'state': {}, 'records': []}
        self.state_text = '{}'
        self.sdc = _Sdc(self, self.run, self.functions)
        # What Jython scripts of Python 2 call these.
        self.names.update(long=int, unicode=str, basestring=str, unichr=chr, xrange=range)

    def set_state(self, text):
        self.names['state'] = _json.loads(text)
        self.state_text = text

    def handle(self, batch, origins):
        run, names = self.run, self.names
        run.begin(0)
        printed = _Printed(run, 'info')
        _sys.stdout, _sys.stderr = printed, _Printed(run, 'warning')
        try:
            values = _json.loads(bytes(batch))
            count = len(values)
            run.begin(count)
            places = [None] * count if origins is None else _json.loads(bytes(origins))
            output, error, log = run.offered
            names.update(_NULLS)
            names.update(records=[Record(values[i], i, places[i]) for i in range(count)], output=output, error=error,
                         log=log, sdcFunctions=self.functions, sdc=self.sdc)
            exec(self.code, names)
            printed.flush()
            header = {'s': run.sources, 'n': [i for i in range(count) if not run.ended[i]], 'e': run.errors,
                      'l': run.logs}
            if self.uses_state:
                text = self.kept()
                if text != self.state_text:
                    self.state_text = text
                    header['t'] = text
        except BaseException as error:
            return _bytes(_json.dumps({'f': self.failure(error), 'l': run.logs}, ensure_ascii=False))
        return _bytes('\n'.join([_json.dumps(header, ensure_ascii=False), *run.lines]))

    def kept(self):
        state = self.names.get('state')
        if not isinstance(state, dict):
            raise ValueError(f'state must be a dict; it is of type {type(state).__name__}')
        try:
            return self.run.json_of(state)
        except ValueError as error:
            raise ValueError(f'state cannot be kept. {error}') from None

    def failure(self, error):
        code = ('SCRIPT_MEMORY_LIMIT' if isinstance(error, MemoryError) else
                'SCRIPT_OUTPUT_TOO_LARGE' if isinstance(error, _TooMuch) else 'SCRIPT_FAILED')
        try:
            text = str(error)
        except Exception:
            text = 'the message cannot be read'
        message = text if isinstance(error, _TooMuch) else f'{type(error).__name__}: {text}' if text else type(error).__name__
        found = {'code': code, 'message': message[:2000]}
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_filename == 'script':
                positions = list(code.co_positions())[trace.tb_lasti // 2]
                found['line'] = trace.tb_lineno
                found['column'] = _column(self.source, trace.tb_lineno, positions[2])
            trace = trace.tb_next
        return found


def _column(source, line, offset):
    """Characters from 1, of bytes from 0."""
    lines = source.split('\n')
    if offset is None or not 1 <= line <= len(lines):
        return 1
    return len(lines[line - 1].encode(errors='replace')[:offset].decode(errors='replace')) + 1


_stages = {}
_next = [0]


def make_box(size):
    return bytearray(size)


def open_stage(source, settings):
    _next[0] += 1
    _stages[_next[0]] = _Stage(source, _json.loads(settings))
    return _next[0]


def close_stage(id):
    _stages.pop(id, None)


def set_state(id, text):
    _stages[id].set_state(text)


def run_stage(id, batch, origins=None):
    return _stages[id].handle(batch, origins)
`;
