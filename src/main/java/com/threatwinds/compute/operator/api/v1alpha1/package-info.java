/**
 * What users write and read: the resource {@code ComputeInstance}, its spec, its status, and the
 * words in them. Records and enums without logic beyond reading and defaults; depends on nothing
 * else in this project.
 */
@NullMarked
package com.threatwinds.compute.operator.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
