/** Records for every setting, one YAML file plus environment, each validating itself and naming the key that is wrong. */
@NullMarked
package dev.heliograph.config;

import org.jspecify.annotations.NullMarked;
