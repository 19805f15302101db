/**
 * Tests of what lies around the decision: the status and the events that tell of it, the queue, the
 * pauses, and whole passes on an account and a cluster in memory.
 */
@NullMarked
package com.threatwinds.compute.operator.reconcile;

import org.jspecify.annotations.NullMarked;
