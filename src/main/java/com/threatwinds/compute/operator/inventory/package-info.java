/**
 * The account's instances and templates as last read, when to read them again, and when a call may
 * go out at all. Knows the port of the Compute API, not Kubernetes.
 */
@NullMarked
package com.threatwinds.compute.operator.inventory;

import org.jspecify.annotations.NullMarked;
