"""What an expression in SQL may consist of: what computes a value from a row's own fields, and does nothing else.

A list of what is allowed, for no list of what is dangerous is ever complete. Nothing here reads a file, a setting or
another table, tells who is connected, makes text or lists of any length, or is different each time it is asked.
"""

from __future__ import annotations

from sqlglot import exp

_STRUCTURE: set[type[exp.Expr]] = {
    exp.Paren,
    exp.Column,
    exp.Identifier,
    exp.Literal,
    exp.Boolean,
    exp.Null,
    exp.Tuple,
    exp.Cast,
    exp.TryCast,
    exp.DataTypeParam,
}
_LOGIC: set[type[exp.Expr]] = {exp.And, exp.Or, exp.Not, exp.Case, exp.If, exp.Coalesce, exp.Nullif}
_COMPARISONS: set[type[exp.Expr]] = {
    exp.EQ,
    exp.NEQ,
    exp.LT,
    exp.LTE,
    exp.GT,
    exp.GTE,
    exp.Is,
    exp.Between,
    exp.In,
    exp.NullSafeEQ,
    exp.NullSafeNEQ,
    exp.Like,
    exp.ILike,
    exp.Escape,
    exp.RegexpLike,
    exp.RegexpILike,
    exp.SimilarTo,
    exp.Any,
}
_NUMBERS: set[type[exp.Expr]] = {
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.IntDiv,
    exp.Mod,
    exp.Neg,
    exp.Pow,
    exp.Abs,
    exp.Round,
    exp.Ceil,
    exp.Floor,
    exp.Trunc,
    exp.Sqrt,
    exp.Sign,
    exp.Ln,
    exp.Exp,
    exp.Greatest,
    exp.Least,
}
_TEXT: set[type[exp.Expr]] = {
    exp.DPipe,
    exp.Concat,
    exp.ConcatWs,
    exp.Lower,
    exp.Upper,
    exp.Initcap,
    exp.Trim,
    exp.Length,
    exp.Left,
    exp.Right,
    exp.Substring,
    exp.SplitPart,
    exp.Replace,
    exp.Reverse,
    exp.RegexpReplace,
    exp.RegexpExtract,
    exp.StrPosition,
    exp.Contains,
    exp.StartsWith,
    exp.EndsWith,
}
_TIMES: set[type[exp.Expr]] = {
    exp.CurrentDate,
    exp.CurrentTimestamp,
    exp.Localtimestamp,
    exp.Interval,
    exp.Extract,
    exp.Year,
    exp.Quarter,
    exp.Month,
    exp.Week,
    exp.Day,
    exp.DayOfWeek,
    exp.Hour,
    exp.Minute,
    exp.LastDay,
    exp.DateDiff,
    exp.DateTrunc,
    exp.TimestampTrunc,
    exp.AtTimeZone,
}
_LISTS: set[type[exp.Expr]] = {
    exp.ArraySize,
    exp.ArrayContains,
    exp.Bracket,
    exp.JSONExtract,
    exp.JSONExtractScalar,
    exp.JSONPath,
    exp.JSONPathRoot,
    exp.JSONPathKey,
    exp.JSONPathSubscript,
}
KNOWN = frozenset(_STRUCTURE | _LOGIC | _COMPARISONS | _NUMBERS | _TEXT | _TIMES | _LISTS)
KNOWN_TYPES = frozenset(
    {
        *exp.DataType.TEXT_TYPES,
        *exp.DataType.NUMERIC_TYPES,
        *exp.DataType.TEMPORAL_TYPES,
        exp.DType.BOOLEAN,
        exp.DType.INTERVAL,
        exp.DType.JSON,
        exp.DType.JSONB,
        exp.DType.UUID,
    }
)
_REFUSED: tuple[tuple[type[exp.Expr], str], ...] = (
    (exp.Query, "a query of its own"),
    (exp.Window, "a figure of several rows"),
    (exp.AggFunc, "a figure of several rows"),
    (exp.Rand, "chance"),
    (exp.Uuid, "chance"),
    (exp.Placeholder, "a placeholder"),
    (exp.Parameter, "a placeholder"),
    (exp.Star, "`*`"),
    (exp.DataType, "a type that is not known here"),
    (exp.Func, "a function that is not known here"),
)


def what_it_is(node: exp.Expr) -> str:
    """Return what to call something that is refused."""
    asked = node.find(exp.Query) or node
    return next(
        (what for refused, what in _REFUSED if isinstance(asked, refused)), "something that is not known here"
    )
