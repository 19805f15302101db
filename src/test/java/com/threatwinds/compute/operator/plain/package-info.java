/**
 * A plain operator: the peer that ours is compared with in fault tests and benchmarks.
 *
 * <p>It is what the Java Operator SDK's sample for external resources leads to: create, then save
 * the id; one poll for each resource; the framework's own retry. Nothing in it is weaker than the
 * sample, some is stronger, and it is good at what the sample is for: an API that can be asked
 * twice. It shows what that costs with one that can't. Never shipped, and nothing uses it but
 * tests.
 */
@NullMarked
package com.threatwinds.compute.operator.plain;

import org.jspecify.annotations.NullMarked;
