/**
 * What to do: one pure function from what is asked, what is recorded and what was observed to one
 * action. No I/O, no clock, no logger; depends on the values of {@code compute} and on {@code api}.
 *
 * <p>To learn what the operator does, read {@link
 * com.threatwinds.compute.operator.decision.Decider}.
 */
@NullMarked
package com.threatwinds.compute.operator.decision;

import org.jspecify.annotations.NullMarked;
