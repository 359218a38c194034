"""The two inner loops of dynamic time warping, written for SIMD.

Compilers do not keep either of them in registers, and they take nine tenths of the time:

- :func:`tile` computes the squared distances of ``ROWS`` samples to ``TILE`` samples. All of its
  sums stay in registers during a single pass over the features.
- :func:`advance` runs the recurrence along ``ROWS`` rows at a time, each one column behind the row
  above. Each row depends on its own previous cell; the other rows hide that latency.

Both are emitted as LLVM code when a function that uses them is compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

_WIDE = bool(binding.get_host_cpu_features().get("avx512f"))
_LANES = 8 if _WIDE else 4
_VECTORS = 3 if _WIDE else 2

#: Rows that advance together, and columns of one tile.
ROWS = 8 if _WIDE else 4
TILE = _LANES * _VECTORS

_FLOAT, _INDEX = ir.DoubleType(), ir.IntType(64)
_VECTOR = ir.VectorType(_FLOAT, _LANES)
_ALIGNMENT = 8


def _emitted(function: Callable[..., Any]) -> Callable[..., None]:
    return cast(Callable[..., None], intrinsic(function))


@_emitted
def tile(
    _: Any, rows: Any, r: Any, columns: Any, c: Any, stride: Any, features: Any, out: Any, o: Any
) -> Any:
    """Emit ``tile(rows, r, columns, c, stride, features, out, o)`` for flat arrays.

    ``rows[r:]`` contains for each feature ``ROWS`` values of -2 f, then the ``ROWS`` squared norms;
    ``columns[c:]`` for each feature, ``stride`` apart, the values of g, then the squared norms.
    ``out[o:]``, with rows also ``stride`` apart, receives ``max(|f|^2 + |g|^2 - 2 f.g, 0)``.
    """
    signature = types.void(
        rows, types.intp, columns, types.intp, types.intp, types.intp, out, types.intp
    )

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows, r, columns, c, stride, features, out, o = _pointers(
            context, builder, signature, arguments
        )
        zero = ir.Constant(_VECTOR, [0.0] * _LANES)
        row_start = builder.gep(rows, [r])
        column_start = builder.gep(columns, [c])

        def row_values(k: Any) -> list[Any]:
            start = builder.mul(k, _INDEX(ROWS))
            return [_spread(builder, row_start, builder.add(start, _INDEX(i))) for i in range(ROWS)]

        def column_values(k: Any) -> list[Any]:
            start = builder.gep(column_start, [builder.mul(k, stride)])
            return [_load(builder, start, v * _LANES) for v in range(_VECTORS)]

        of_row, of_column = row_values(features), column_values(features)
        before, loop = builder.block, builder.append_basic_block("features")
        after = builder.append_basic_block("store")
        norms = [[builder.fadd(a, b) for b in of_column] for a in of_row]
        builder.branch(loop)
        builder.position_at_end(loop)
        k = builder.phi(_INDEX)
        sums = [[builder.phi(_VECTOR) for _ in range(_VECTORS)] for _ in range(ROWS)]
        add = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(_VECTOR, [_VECTOR] * 3), f"llvm.fmuladd.v{_LANES}f64"
        )
        g = column_values(k)
        grown = [
            [builder.call(add, [f, g[v], sums[i][v]]) for v in range(_VECTORS)]
            for i, f in enumerate(row_values(k))
        ]
        following = builder.add(k, _INDEX(1))
        k.add_incoming(_INDEX(0), before)
        k.add_incoming(following, loop)
        for i in range(ROWS):
            for v in range(_VECTORS):
                sums[i][v].add_incoming(norms[i][v], before)
                sums[i][v].add_incoming(grown[i][v], loop)
        builder.cbranch(builder.icmp_signed("<", following, features), loop, after)
        builder.position_at_end(after)
        for i in range(ROWS):
            start = builder.gep(out, [builder.add(o, builder.mul(_INDEX(i), stride))])
            for v in range(_VECTORS):
                # Rounding can leave a square of zero slightly negative.
                positive = builder.fcmp_ordered(">", grown[i][v], zero)
                _store(builder, builder.select(positive, grown[i][v], zero), start, v * _LANES)
        return context.get_dummy_value()

    return signature, emit


@_emitted
def advance(_: Any, table: Any, at: Any, stride: Any, steps: Any, keep: Any) -> Any:
    """Emit ``advance(table, at, stride, steps, keep)`` for a flat array of costs.

    ``at`` is the first cell of the uppermost of ``ROWS`` rows, ``stride`` apart, below a completed
    row. Costs become cumulative costs: those of the last row, and, if the literal ``keep`` is true,
    those of all. The last row is completed after ``ROWS - 1`` more steps than it has cells.
    """
    if not isinstance(keep, types.BooleanLiteral):
        return None
    signature = types.void(table, types.intp, types.intp, types.intp, keep)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        table, at, stride, steps, _ = _pointers(context, builder, signature, arguments)
        infinity = ir.Constant(_FLOAT, float("inf"))
        back = builder.sub(stride, _INDEX(1))
        starts = [builder.gep(table, [builder.add(at, builder.mul(_INDEX(i), back))])
                  for i in range(ROWS)]  # fmt: skip
        upper = builder.gep(table, [builder.sub(at, stride)])
        corner = builder.load(builder.gep(upper, [_INDEX(-1)]))
        before, loop = builder.block, builder.append_basic_block("columns")
        after = builder.append_basic_block("done")
        builder.branch(loop)
        builder.position_at_end(loop)
        step = builder.phi(_INDEX)
        # In each row the newest value, and the one before it: the diagonal of the row below.
        newest = [builder.phi(_FLOAT) for _ in range(ROWS)]
        previous = [builder.phi(_FLOAT) for _ in range(ROWS)]
        above = [builder.load(builder.gep(upper, [step])), *newest[:-1]]
        values = []
        for i in range(ROWS):
            least = _least(builder, _least(builder, previous[i], above[i]), newest[i])
            cell = builder.gep(starts[i], [step])
            values.append(builder.fadd(builder.load(cell), least))
            if i == ROWS - 1 or signature.args[4].literal_value:
                builder.store(values[i], cell)
        following = builder.add(step, _INDEX(1))
        step.add_incoming(_INDEX(0), before)
        step.add_incoming(following, loop)
        for i in range(ROWS):
            newest[i].add_incoming(infinity, before)
            newest[i].add_incoming(values[i], loop)
            previous[i].add_incoming(infinity if i else corner, before)
            previous[i].add_incoming(above[i], loop)
        builder.cbranch(builder.icmp_signed("<", following, steps), loop, after)
        builder.position_at_end(after)
        return context.get_dummy_value()

    return signature, emit


def _pointers(context: Any, builder: Any, signature: Any, arguments: Any) -> list[Any]:
    """Return the arguments with each array as a pointer to its first value."""
    return [
        context.make_array(kind)(context, builder, value).data
        if isinstance(kind, types.Array)
        else value
        for kind, value in zip(signature.args, arguments, strict=True)
    ]


def _vector_at(builder: Any, start: Any, offset: int) -> Any:
    return builder.bitcast(builder.gep(start, [_INDEX(offset)]), _VECTOR.as_pointer())


def _load(builder: Any, start: Any, offset: int) -> Any:
    value = builder.load(_vector_at(builder, start, offset))
    value.align = _ALIGNMENT
    return value


def _store(builder: Any, value: Any, start: Any, offset: int) -> None:
    builder.store(value, _vector_at(builder, start, offset)).align = _ALIGNMENT


def _spread(builder: Any, start: Any, index: Any) -> Any:
    """Load one number into all lanes."""
    undefined = ir.Constant(_VECTOR, ir.Undefined)
    number = builder.load(builder.gep(start, [index]))
    one = builder.insert_element(undefined, number, ir.IntType(32)(0))
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), _LANES), [0] * _LANES)
    return builder.shuffle_vector(one, undefined, lanes)


def _least(builder: Any, a: Any, b: Any) -> Any:
    return builder.select(builder.fcmp_ordered("<", a, b), a, b)
