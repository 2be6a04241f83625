/**
 * Python that reads a script without running it, and closes the doors between Python and JavaScript. Behind them there
 * is nothing but the isolate; closed they make clear errors of what would not work. It ends with the list of functions
 * that `isolate-bridge.ts` takes.
 */
export const preludeInspect = `
_RENAMED = {'has_key': '"name in dict"', 'iteritems': 'items()', 'iterkeys': 'keys()', 'itervalues': 'values()'}


def _remark(severity, message, line=None, column=None):
    return {'severity': severity, 'message': message, 'line': line, 'column': column}


def _remarks(source):
    import ast
    import warnings
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        try:
            tree = ast.parse(source, 'script')
            compile(source, 'script', 'exec', dont_inherit=True)
        except SyntaxError as error:
            return [_remark('error', error.msg, error.lineno, error.offset)]
        except (ValueError, OverflowError) as error:
            return [_remark('error', str(error))]
        except (RecursionError, MemoryError):
            return [_remark('error', 'it is nested too deeply')]
    # The parser warns in both.
    found = list({(one.lineno, str(one.message)): None for one in caught})
    remarks = [_remark('warning', message, line) for line, message in found]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _RENAMED:
            remarks.append(_remark('warning', f'Python 3 has no {node.attr} of dicts; use {_RENAMED[node.attr]}',
                                   node.end_lineno, _column(source, node.end_lineno, node.end_col_offset) - len(node.attr)))
    return remarks


def inspect(source):
    return _bytes(_json.dumps(_remarks(source)[:20]))


class _Closed:
    """Finds what leads from Python to JavaScript first, and says that it is not there."""

    names = ('js', 'pyodide', 'pyodide_js', '_pyodide', '_pyodide_core', 'micropip')

    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in self.names:
            raise ModuleNotFoundError(f'{name} is not available to scripts', name=name)
        return None


def _close_doors():
    import builtins
    import time
    _sys.meta_path[:] = [_Closed(), *(one for one in _sys.meta_path if type(one).__name__ != 'JsFinder')]
    for name in list(_sys.modules):
        if name.split('.')[0] in _Closed.names:
            del _sys.modules[name]
    for name in ('input', 'breakpoint', 'help', 'exit', 'quit', 'copyright', 'credits', 'license'):
        if hasattr(builtins, name):
            delattr(builtins, name)

    def sleep(seconds):
        # The one of Emscripten hears no interrupt.
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pass

    time.sleep = sleep


_close_doors()
[make_box, open_stage, close_stage, set_state, run_stage, inspect]
`;
