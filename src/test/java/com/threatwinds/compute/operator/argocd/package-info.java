/**
 * Argo CD's side of a resource: its scripts run as Argo CD runs them, and what is generated from
 * them. Knows nothing of the operator's classes, only what a resource looks like.
 */
@NullMarked
package com.threatwinds.compute.operator.argocd;

import org.jspecify.annotations.NullMarked;
