/**
 * The ThreatWinds Compute API: its values, its calls, its errors. Knows HTTP and JSON and has never
 * heard of Kubernetes; depends on nothing else in this project.
 *
 * <p>{@link com.threatwinds.compute.operator.compute.ComputeApi} is the port and its Javadoc the
 * contract; {@link com.threatwinds.compute.operator.compute.HttpComputeApi} is the only class that
 * sends bytes.
 */
@NullMarked
package com.threatwinds.compute.operator.compute;

import org.jspecify.annotations.NullMarked;
