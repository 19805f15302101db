/**
 * What the operator costs, counted and timed beside its plain peer: {@code make bench}.
 *
 * <p>A benchmark and no test: it asserts nothing, prints a table, and writes it as JSON and as a
 * plot. Both operators are processes, run one after the other by the same script, against the same
 * simulator and the same kind of cluster. Counts come from the simulator's journal and from a proxy
 * before the Kubernetes API, never from the operators.
 */
@NullMarked
package com.threatwinds.compute.operator.bench;

import org.jspecify.annotations.NullMarked;
