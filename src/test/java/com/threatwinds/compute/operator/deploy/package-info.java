/** What people install and read, held against the code: manifests, RBAC, the README. */
@NullMarked
package com.threatwinds.compute.operator.deploy;

import org.jspecify.annotations.NullMarked;
