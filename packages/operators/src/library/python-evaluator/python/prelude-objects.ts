/**
 * Python that runs before the scripts: the objects they are offered (contract E.3), and how values become JSON. Python
 * keeps nothing private, so nothing here is a wall; what a script can reach is bounded by the isolate, and what it
 * answers is checked outside.
 */
export const preludeObjects = String.raw`
import json as _json
import re as _re
import sys as _sys

_MAX_DEPTH = 500
_MAX_OUTPUT = 32 * 1024 * 1024
_MAX_LOG_LINES = 20
_LONE = _re.compile('[\ud800-\udfff]')
_STEP = _re.compile(r'''/(?:"([^"]*)"|'([^']*)'|([^/\[\]"']+))|\[(\d+)\]''')


class _TooMuch(Exception):
    pass


def _encoder():
    make = _json.encoder.c_make_encoder
    refuse = _json.JSONEncoder().default
    # Keeps the objects it is in, to tell circles: after an error it has to be made anew.
    return make({}, refuse, _json.encoder.encode_basestring, None, ':', ',', False, False, False)


def _bytes(text):
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _LONE.sub(lambda half: '\\u%04x' % ord(half[0]), text).encode()


def _problem(value, path, depth):
    """What in a value JSON has not, for people; None where nothing is found."""
    if value is None or isinstance(value, (str, bool, int)):
        return None
    if isinstance(value, float):
        if value == value and value not in (float('inf'), float('-inf')):
            return None
        return f'The number at {path} is not finite (it is {value}): JSON has no such number.'
    if depth > _MAX_DEPTH:
        return f'The value is nested more than {_MAX_DEPTH} deep, or in a circle.'
    if isinstance(value, dict):
        for key, item in value.items():
            if key is not None and not isinstance(key, (str, bool, int, float)):
                return f'A name at {path or "/"} is of type {type(key).__name__}; names must be texts.'
            found = _problem(item, f'{path}/{key}', depth + 1)
            if found is not None:
                return found
        return None
    if isinstance(value, (list, tuple)):
        for at, item in enumerate(value):
            found = _problem(item, f'{path}/{at}', depth + 1)
            if found is not None:
                return found
        return None
    return (f'The value at {path or "/"} is of type {type(value).__name__}, which JSON has not. '
            'Use dict, list, str, int, float, bool or None.')


def _is_deep(value):
    level = [value]
    for _ in range(_MAX_DEPTH + 1):
        level = [item for one in level if isinstance(one, (dict, list, tuple))
                 for item in (one.values() if isinstance(one, dict) else one)]
        if not level:
            return False
    return True


class Record:
    __slots__ = ('value', '_index', '_origin')

    def __init__(self, value, index=-1, origin=None):
        self.value = value
        self._index = index
        self._origin = origin

    @property
    def attributes(self):
        if self._origin is None:
            return {}
        topic, partition, offset, timestamp = self._origin[:4]
        return {'topic': topic, 'partition': str(partition), 'offset': str(offset), 'timestamp': str(timestamp)}

    @property
    def sourceId(self):
        origin = self._origin
        return None if origin is None else '::'.join(str(part) for part in (*origin[:3], *origin[4:]))


class _Output:
    def __init__(self, run):
        self._run = run

    def write(self, record):
        if isinstance(record, (list, tuple)):
            for one in record:
                self.write(one)
            return
        if not isinstance(record, Record):
            raise TypeError('output.write takes a record of "records" or of sdcFunctions.createRecord')
        self._run.write(record)


class _Error:
    def __init__(self, run):
        self._run = run

    def write(self, record, message=''):
        if not isinstance(record, Record):
            raise TypeError('error.write takes a record')
        self._run.error(record, 'SCRIPT_ERROR', str(message))


class _Log:
    def __init__(self, run):
        self._run = run

    def _say(self, level, message, args):
        rest = iter(args)
        self._run.say(level, _re.sub(r'\{\}', lambda hole: str(next(rest, '{}')), str(message)))

    def info(self, message, *args):
        self._say('info', message, args)

    def warn(self, message, *args):
        self._say('warning', message, args)

    def error(self, message, *args):
        self._say('error', message, args)

    def debug(self, message, *args):
        pass

    warning = warn
    trace = debug


class _Printed:
    """Where what is printed goes: to the log, line by line."""

    def __init__(self, run, level):
        self._run, self._level, self._rest = run, level, ''

    def write(self, text):
        *lines, self._rest = (self._rest + str(text)).split('\n')
        for line in lines:
            self._run.say(self._level, line)
        if len(self._rest) > 2000:
            self._run.say(self._level, self._rest)
            self._rest = ''
        return len(text)

    def flush(self):
        if self._rest:
            self._run.say(self._level, self._rest)
            self._rest = ''


def _field(record, path):
    value = record.value
    for step in _STEP.finditer(str(path)):
        name = next((group for group in step.groups()[:3] if group is not None), None)
        if name is not None and isinstance(value, dict):
            value = value.get(name)
        elif step[4] is not None and isinstance(value, (list, tuple)) and int(step[4]) < len(value):
            value = value[int(step[4])]
        else:
            return None
    return value


class _Functions:
    def __init__(self, is_preview):
        self._is_preview = is_preview

    getFieldNull = staticmethod(_field)

    def createRecord(self, id=None):
        return Record({})

    def createMap(self, listMap=False):
        return {}

    def createEvent(self, type=None, version=None):
        return Record({})

    def toEvent(self, record):
        pass

    def isPreview(self):
        return self._is_preview


_NULLS = {'NULL_' + kind: None for kind in (
    'BOOLEAN CHAR BYTE SHORT INTEGER LONG FLOAT DOUBLE DATE DATETIME TIME DECIMAL BYTE_ARRAY STRING LIST MAP').split()}
`;
