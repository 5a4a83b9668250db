"""Errors of a YAML file: reading it, its YAML, its keys; and errors of a file that it names."""

from provisioner.reasons.reason import kind

PROBLEM = kind("problem", "{place} {path}: {message}")
PROBLEM_OF_FILE = kind("problem_of_file", "{place}: {message}")
# -- the file as a whole
FILE_UNREADABLE = kind("file_unreadable", "cannot be read: {said}")
FILE_UNNAMEABLE = kind("file_unnameable", "cannot be read: no file can have this name")
FILE_LARGE = kind("file_large", "larger than {limit} bytes")
NOT_REGULAR = kind("file_not_regular", "not a regular file")
NO_AUTHORITIES = kind("no_authorities", "{file} holds no certificate of an authority: {said}")
FILES_FAIL = kind("files_fail", "cannot be taken up: {why}; the log says where")
FILE_ENCODING = kind("file_encoding", "is not UTF-8 text: save the file as UTF-8")
MANY_VALUES = kind("many_values", "holds more than {limit} values once its aliases are followed")
NESTED_DEEPLY = kind("nested_deeply", "is nested too deeply")
# -- its YAML
YAML_WRONG = kind("yaml_wrong", "is not valid YAML")
YAML_OTHER = kind("yaml_other", "is not valid YAML: {said}")
YAML_DOCUMENTS = kind("yaml_documents", "holds more than one document: remove the line ---")
YAML_UNDEFINED = kind("yaml_undefined", "is not valid YAML: undefined alias (quote text that starts with *)")
YAML_TAB = kind("yaml_tab", "is not valid YAML: indent with spaces, not with tabs")
YAML_COLON = kind("yaml_colon", "is not valid YAML: unexpected colon: check the indentation, or quote the text that holds it")
YAML_NO_COLON = kind("yaml_no_colon", "is not valid YAML: a key without its colon")
YAML_QUOTE = kind("yaml_quote", "is not valid YAML: a quote is not closed")
YAML_BRACKET = kind("yaml_bracket", "is not valid YAML: a bracket is missing, or there is one too many")
YAML_INDENTATION = kind("yaml_indentation", "is not valid YAML: wrong indentation")
YAML_SIGN = kind("yaml_sign", "is not valid YAML: quote text that starts with a special character such as @ or %")
TAG_UNKNOWN = kind("tag_unknown", "has an unknown YAML tag (!…)")
VALUE_UNREADABLE = kind("value_unreadable", "cannot be read as the type that its form or its YAML tag announces")
ALIAS_OF_ITSELF = kind("alias_of_itself", "is an alias of something that contains it")
# -- its keys
KEY_NO_TEXT = kind("key_no_text", "has a key that is a list or a mapping")
KEY_TWICE = kind("key_twice", "is given twice: first in line {line}")
KEY_UNKNOWN = kind("key_unknown", "unknown key")
KEY_MISSING = kind("key_missing", "is missing")
DID_YOU_MEAN = kind("did_you_mean", "{unknown}; did you mean '{name}'?")
KNOWN_HERE = kind("known_here", "{unknown}; known here: {names}")
# -- a file that it names
CANNOT_READ = kind("cannot_read", "cannot read {file}: {said}")
NO_FILE = kind("no_file", "not a file")
NO_FILE_NAME = kind("no_file_name", "no file can have this name")
SECRET_PUBLIC = kind("secret_public", "everyone may read {file}: chmod o-rwx")
FILE_WRITABLE = kind("file_writable", "others than its owner may write to {file}: chmod go-w")
FILE_OF_ANOTHER = kind(
    "file_of_another", "{file} belongs to {owner}, neither to root nor to the account that reads it: chown root"
)
SECRET_LARGE = kind("secret_large", "{file} is too large for a secret")
SECRET_ENCODING = kind("secret_encoding", "{file} is not UTF-8 text")
SECRET_EMPTY = kind("secret_empty", "the secret is empty")
SECRET_LINES = kind("secret_lines", "the secret must be one line of text")
SECRET_UNSET = kind("secret_unset", "environment variable {name} is not set")
SECRET_SHORT = kind("secret_short", "is too short: at least {least} random characters")
